"""What a process of our own finds in its environment. A library must not choose for its host; a command may."""

__all__ = ["DEFAULTS", "ONE_THREAD"]

# Our matrices are small: a second thread only spins. Many workers, not many threads, share the cores; and sums keep
# their order. To be set before NumPy is loaded.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"), "1")
# What Arrow's allocator keeps for later, everything else must do without: 30 MB for 20 MB of Parquet, judged (232 MB at
# the peak, 202 with the system's allocator).
DEFAULTS = {**ONE_THREAD, "ARROW_DEFAULT_MEMORY_POOL": "system"}
