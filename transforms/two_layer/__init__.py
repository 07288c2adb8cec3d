"""Two-layer ReLU scorers on hashed words: features, network, training, and compression by tropical division."""
