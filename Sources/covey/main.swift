print("covey")
