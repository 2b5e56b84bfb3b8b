SELECT hold(lpad(:key, 32, '0')::uuid, lpad(:account, 32, '0')::uuid, :amount);
