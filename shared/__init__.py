"""What every service needs identically: the kernel of rules, the published language, the mechanism of the kit."""
