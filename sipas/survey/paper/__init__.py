"""Double entry of paper forms: two people type each form, differences are settled from the paper."""
