"""What goes out and comes in: ids are UUIDs, times ISO 8601 in UTC, money a decimal in a string."""
