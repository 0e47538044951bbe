"""Order systems behind the OrderBook port."""
