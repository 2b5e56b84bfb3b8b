SELECT settle(lpad(:key, 32, '0')::uuid, :amount);
