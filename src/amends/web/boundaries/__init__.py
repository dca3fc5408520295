"""What the firm does and does not do, and how it begins and ends: pages."""
