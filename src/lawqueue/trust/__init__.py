"""What earns the model trust: calibration, back-test, sensitivity, marginal yield, and numbers that meet a target."""
