"""Real recordings that a user may have: readers of the layouts they are published in, and batches of whole tracks."""
