"""Tests in which processes, links and brokers fail while games go on."""
