"""What ``tests.bench.gui`` runs in processes of their own: windows with a day of telemetry behind them."""
