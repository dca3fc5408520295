"""A draft of 200 words with nothing wrong in it, for measuring how long the check takes."""

WORDS_200 = (
    "Dear Marta,\n\nthank you for your patience while we went through the list. The first three points of the "
    "page are done and tested: the gallery loads quickly on phones, the form sends its message to your front "
    "desk, and the prices come from the table that Tom keeps. The fault with the dates was ours, and we "
    "corrected it this morning at ten. For the map we suggest the smaller version, because the large one slows "
    "the page down; you will find both on the staging link, so that you can compare them at your leisure. The "
    "text in Spanish is with our translator, who will send it on Thursday by noon.\n\nTwo questions are left. "
    "Would you rather show the restaurant before the rooms, as in the draft, or after them? And may we use the "
    "photos that the guests sent in last summer, or should we ask each of them once more? We have the letters "
    "ready and can send them on Monday, if you agree. As always, one round of corrections is included, and "
    "nothing goes live before you have seen it.\n\nI will call you on Wednesday at three to go through the "
    "rest, if that suits you. Until then, please tell me about anything that looks odd.\n\nKind regards,\nJo"
)
