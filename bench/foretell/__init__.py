"""Does what Amends knows at the halfway point of a conversation foretell how it ends?"""
