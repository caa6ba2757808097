"""The exam's scorers, one question of right or wrong a file: each says what is wrong in Chinese, or nothing."""
