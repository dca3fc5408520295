"""The card in words: what the model is, what it was made of, what it can and cannot do."""

from __future__ import annotations

from typing import Any

NAME = "Amends reader"


def about(figures: dict[str, Any]) -> dict[str, Any]:
    """Everything in the card that a person reads."""
    return {
        "name": NAME,
        "what": (
            "Reads English sentences of business mail: 28 feelings (eight shown), complaints, requests, wishes, "
            "promises, praise, thoughts of leaving; how heated, how polite. An encoder of six layers and 22 million "
            "numbers, int8, blended with a linear model over n-grams; an untuned copy of the encoder serves "
            "similarity. A branch over its lower three layers reads drafts: blame, excuses, denial, mockery, insults, "
            "promises that nobody can hold, and what a sentence does for the matter."
        ),
        "licence": "Apache-2.0",
        "base": "sentence-transformers/all-MiniLM-L6-v2, Apache-2.0",
        "data": [
            {
                "name": "GoEmotions",
                "licence": "CC BY 4.0",
                "by": "Demszky, Movshovitz-Attias, Ko, Cowen, Nemade and Ravi, ACL 2020",
                "used": "train for training, dev for thresholds, test once",
            },
            {
                "name": "Stanford Politeness Corpus, Wikipedia",
                "licence": "CC BY 4.0",
                "by": "Danescu-Niculescu-Mizil, Sudhof, Jurafsky, Leskovec and Potts, ACL 2013",
                "used": "nine tenths for training; figures by five folds of the same recipe",
            },
            {
                "name": "Requests in business e-mail",
                "licence": "Apache-2.0",
                "by": "ParakweetLabs, EmailIntentDataSet",
                "used": "nine tenths of train for training, test once, without the rows that train has too",
            },
            {
                "name": "Incivility in GitHub threads",
                "licence": "MIT",
                "by": "Ehsani, Imran, Zita, Damevski and Chatterjee, 2023",
                "used": "nine tenths of the threads for training; figures by five folds of threads",
            },
            {
                "name": "Letters",
                "licence": "Apache-2.0",
                "by": "Amends; written for this purpose by a language model to the rules of training/letters/README.md",
                "used": "seven of eight letters for training, one for development; held.txt several times, see below",
            },
            {
                "name": "Drafts",
                "licence": "Apache-2.0",
                "by": "Amends; written for this purpose by a language model to the rules of training/drafts/README.md",
                "used": "for the branch that reads drafts; its figures are by folds, each without the writer measured",
            },
            {
                "name": "Customer care conversations",
                "licence": "Apache-2.0",
                "by": "public replies of companies' agents, as the set carries them",
                "used": "a sample of replies as sentences without a harmful tone, for the branch that reads drafts",
            },
        ],
        "limits": [
            "English only.",
            "A sentence is read with a glance at its neighbours only: what a letter says between the lines is missed.",
            "The letters it learned from are invented, though by several hands; real mail differs.",
            "Irony that is happy in every word is often missed.",
            "Feelings were learned mostly from comments of strangers on Reddit, labelled by raters from India.",
            "The letters it is measured on were looked at several times: their figures may flatter a little.",
            "Most old issues that come back in other words are missed.",
            "Of blame, excuses, denial and mockery in words of the writer's own, many are missed, most of all mockery.",
            "It does not know what was agreed: what is a complaint only to those who know the contract passes.",
        ],
        "figures": figures,
    }
