"""This release beside the one before: `baseline/README.md` says how that one is kept here."""
