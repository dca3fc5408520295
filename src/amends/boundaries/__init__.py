"""What the firm does and does not do: services, suppliers, readiness gates, clearance before publication, partings."""
