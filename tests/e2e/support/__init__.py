"""What end-to-end tests share: an HTTP client, raw sockets, the ledger of what was answered."""
