"""What the whole path costs, measured as ratios in one run."""
