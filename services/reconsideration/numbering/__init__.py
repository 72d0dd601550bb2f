"""The office's own numbers 案号、文书编号: patterns it sets, and series without gaps or doubles (decision 0015)."""
