"""The classifier: text, features, model, calibration, corpus, learning."""
