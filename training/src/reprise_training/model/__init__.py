"""Networks: pure modules, no data and no training in them."""
