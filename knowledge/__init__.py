"""What the house knows: data files, and the code that reads and searches them."""
