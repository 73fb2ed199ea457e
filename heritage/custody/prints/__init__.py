"""What custody prints: the ledger as a book, vouchers, the object file, labels."""
