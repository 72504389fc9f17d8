"""Values: calendars, money, addresses, diagnostics, secrets."""
