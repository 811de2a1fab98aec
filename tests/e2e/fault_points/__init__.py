"""Tests in which a process dies at a named point, and what holds then."""
