"""Work in disposable processes under limits of time and memory."""
