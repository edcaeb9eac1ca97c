SELECT id, email, amount, quantity, code, status, customer_id FROM bronze.halting
