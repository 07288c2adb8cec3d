"""Which documents repeat another: hashes and ids in, removed documents with their survivors out."""
