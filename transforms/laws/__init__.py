"""Laws of loss in mixture, steps, parameters and tokens: points in, coefficients with intervals and predictions out."""
