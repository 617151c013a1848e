"""The returns of reporting units: forms out, copies back in, cell by cell."""
