"""The papers of the procedure 行政复议文书: made from fields, numbered, and kept as issued."""
