"""Raw text -> word ids -> the input of a network, the same in training and in serving."""
