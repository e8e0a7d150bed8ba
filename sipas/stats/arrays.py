"""The kinds of numpy array that pass between the modules of this package."""

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
CodeArray = NDArray[np.int32]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
AnswerArray = NDArray[np.int16] | NDArray[np.int8]
