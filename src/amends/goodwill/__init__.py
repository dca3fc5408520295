"""What is given and earned beyond the contract: gestures and results, referrals, reviews, guarantees, claims."""
