"""The nouns: frozen values without behaviour beyond reading and comparing themselves."""
