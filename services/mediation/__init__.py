"""人民调解: the mediation service owns its cases, the register of organisations and the rules of the 人民调解法."""
