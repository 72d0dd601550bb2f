"""行政应诉: the litigation service owns its cases and the rules of answering suits and appearing in court."""
