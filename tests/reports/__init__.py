"""Reports: periods, figures, causes, and how they are told and drawn."""
