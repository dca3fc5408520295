"""The check while somebody writes: on its page, in the box to answer in, and at what is held back."""
