"""What people do about boundaries: readiness gates, clearance before publication."""
