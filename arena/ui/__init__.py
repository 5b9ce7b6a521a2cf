"""The only Gradio: pages, cards, texts and the stream that a page watches."""
