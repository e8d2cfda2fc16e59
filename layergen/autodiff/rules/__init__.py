"""The adjoint of each operation, as plain torch: one module a family, one literal table each."""
