module exchanges

go 1.26.6
