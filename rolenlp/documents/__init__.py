"""One ad as people have it: a document, a saved web page, a paste -> its text and its title."""
