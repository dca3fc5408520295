"""What clients are worth, how likely they renew, and what is at risk; never for whoever may not see money."""

from amends.insights.worth.values import about
from amends.insights.worth.worth import Effect, Line, Worth, worth_now, worth_of

__all__ = ["Effect", "Line", "Worth", "about", "worth_now", "worth_of"]
