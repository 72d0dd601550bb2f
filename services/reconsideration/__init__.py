"""行政复议: the reconsideration service owns its cases and the rules of the 行政复议法."""
