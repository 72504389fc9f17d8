"""What the code promises about itself: arrows, sizes, words, errors."""
