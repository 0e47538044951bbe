"""What is to be done about a message: findings, facts, classification and case become a Decision, by the order of work in policy.toml."""
