"""What goes out: which files a command may write, files that appear when whole, terminals."""
