"""Mistakes with compile, fit and their kin, losses, metrics and optimizers."""

from __future__ import annotations

import numpy as np

import mark1 as keras
from mark1 import layers, ops
from tests.errors.parts import X, Y, comp, seq


def optimizer_apply_mismatch():
    o = keras.optimizers.SGD()
    v = keras.Variable([1.0])
    o.apply([ops.ones((1,)), ops.ones((1,))], [v])


def optimizer_all_none():
    o = keras.optimizers.SGD()
    v = keras.Variable([1.0])
    o.apply_gradients([(None, v)])


def optimizer_wrong_grad_shape():
    o = keras.optimizers.SGD()
    v = keras.Variable([1.0])
    o.apply_gradients([(ops.ones((3,)), v)])


def optimizer_set_lr_schedule():
    o = keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9))
    o.learning_rate = 0.5


def fit_class_weight_and_multi():
    i = keras.Input((4,))
    mm = keras.Model(i, [layers.Dense(1)(i), layers.Dense(1)(i)])
    mm.compile("sgd", "mse")
    mm.fit(X, [Y, Y], class_weight={0: 1.0, 1: 1.0}, verbose=0)


def multi_input_count():
    a, b = (keras.Input((4,)), keras.Input((4,)))
    mm = keras.Model([a, b], layers.Dense(1)(layers.add([a, b])))
    mm.compile("sgd", "mse")
    mm.fit(X, Y, verbose=0)


def multi_input_names():
    a, b = (keras.Input((4,), name="a"), keras.Input((4,), name="b"))
    mm = keras.Model([a, b], layers.Dense(1)(layers.add([a, b])))
    mm.compile("sgd", "mse")
    mm.fit({"a": X, "c": X}, Y, verbose=0)


def multi_output_targets():
    i = keras.Input((4,))
    mm = keras.Model(i, [layers.Dense(1)(i), layers.Dense(1)(i)])
    mm.compile("sgd", "mse")
    mm.fit(X, Y, verbose=0)


# fmt: off
MISTAKES = [
    ('compile_unknown_optimizer', lambda: comp(optimizer='adm'), ValueError, "[optimizer] unknown optimizer 'adm'. Did you mean 'adam'? Known: 'adadelta', 'adafactor', 'adagrad', 'adam', 'adam_w', 'adamax', 'adamw', 'ftrl',"),
    ('compile_unknown_loss', lambda: comp(loss='mse2').fit(X, Y, verbose=0), ValueError, "[loss] unknown loss 'mse2'. Did you mean 'mse'? Known: 'bce', 'binary_crossentropy', 'binary_focal_crossentropy', 'categorical_crossentropy',"),
    ('compile_unknown_metric', lambda: comp(metrics=['acurracy']).fit(X, Y, verbose=0), ValueError, "[metric] unknown metric 'acurracy'. Did you mean 'accuracy'?"),
    ('compile_optimizer_number', lambda: comp(optimizer=3), TypeError, '[optimizer] expected a name, a config or an instance, got int'),
    ('compile_unknown_argument', lambda: comp(los='mse'), TypeError, "[compile] does not know the argument 'los'. Did you mean 'loss'?"),
    ('compile_loss_list_too_many', lambda: comp(loss=['mse', 'mse']).fit(X, Y, verbose=0), ValueError, '[compile] 2 losses for a model with one output'),
    ('compile_metrics_not_list', lambda: comp(metrics=3).fit(X, Y, verbose=0), TypeError, '[metric] expected a name, a config or an instance, got int'),
    ('compile_optimizer_class_args', lambda: keras.optimizers.Adam(learning_rate='high'), TypeError, '[Adam] learning_rate must be a number or a schedule, got str'),
    ('optimizer_unknown_arg', lambda: keras.optimizers.Adam(lr2=1), ValueError, "[Adam] does not know the argument 'lr2'."),
    ('optimizer_old_lr', lambda: keras.optimizers.Adam(lr=0.1), ValueError, "[Adam] does not know the argument 'lr'. Did you mean 'learning_rate'?"),
    ('optimizer_two_clips', lambda: keras.optimizers.SGD(0.1, clipnorm=1.0, clipvalue=1.0), ValueError, '[SGD] clips in one way only, got clipnorm=1.0, clipvalue=1.0'),
    ('optimizer_bad_momentum', lambda: keras.optimizers.SGD(0.1, momentum=2.0), ValueError, '[SGD] momentum must be from 0 to 1, got 2.0'),
    ('optimizer_neg_clip', lambda: keras.optimizers.SGD(0.1, clipnorm=-1.0), ValueError, '[SGD] clipnorm must be None or a number from 0 up, got -1.0'),
    ('optimizer_ema_momentum', lambda: keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=2.0), ValueError, '[SGD] ema_momentum must be from 0 to 1, got 2.0'),
    ('optimizer_accum_zero', lambda: keras.optimizers.SGD(0.1, gradient_accumulation_steps=1), ValueError, '[SGD] gradient_accumulation_steps must be None or an integer from 2 up, got 1'),
    ('optimizer_apply_mismatch', optimizer_apply_mismatch, ValueError, '[SGD] 1 variables need as many gradients, got 2'),
    ('optimizer_all_none', optimizer_all_none, ValueError, '[SGD] no variable has a gradient (variable): the loss does not depend on them, or it was computed outside the tape'),
    ('optimizer_wrong_grad_shape', optimizer_wrong_grad_shape, ValueError, '[sgd] gradient 0 must be like its variable (variable: float32 (1,), gradient: float32 (3,))'),
    ('optimizer_set_lr_schedule', optimizer_set_lr_schedule, TypeError, '[SGD] learning_rate follows ExponentialDecay: set another schedule, or make the optimizer with a number'),
    ('schedule_negative', lambda: keras.optimizers.schedules.PiecewiseConstantDecay([1, 2], [0.1]), ValueError, '[PiecewiseConstantDecay] needs one value more than boundaries, got 1 values and 2 boundaries'),
    ('schedule_cosine_zero', lambda: keras.optimizers.schedules.CosineDecay(0.1, 0), ValueError, '[CosineDecay] decay_steps must be a number above 0, got 0'),
    ('fit_not_compiled', lambda: seq(layers.Dense(1)).fit(X, Y), ValueError, '[fit] the model is not compiled: call compile(optimizer, loss)'),
    ('fit_different_lengths', lambda: comp().fit(X, Y[:5], verbose=0), ValueError, '[fit] the arrays must have the same number of samples (x: 8, y: 5)'),
    ('fit_no_targets', lambda: comp().fit(X, verbose=0), ValueError, '[fit] needs targets: fit(x, y), or x a generator of (x, y)'),
    ('fit_no_data', lambda: comp().fit(verbose=0), ValueError, '[fit] needs targets: fit(x, y), or x a generator of (x, y)'),
    ('fit_empty', lambda: comp().fit(X[:0], Y[:0], verbose=0), ValueError, '[fit] x is empty (shape (0, 4))'),
    ('fit_val_split_big', lambda: comp().fit(X, Y, validation_split=1.5, verbose=0), ValueError, '[fit] validation_split must be at least 0 and below 1, got 1.5'),
    ('fit_batch_zero', lambda: comp().fit(X, Y, batch_size=0, verbose=0), ValueError, '[fit] batch_size must be at least 1, got 0'),
    ('fit_batch_float', lambda: comp().fit(X, Y, batch_size=2.5, verbose=0), TypeError, '[fit] batch_size must be an integer, got 2.5'),
    ('fit_epochs_string', lambda: comp().fit(X, Y, epochs='3', verbose=0), TypeError, "[fit] epochs must be an integer, got '3'"),
    ('fit_unknown_argument', lambda: comp().fit(X, Y, epoch=3, verbose=0), TypeError, "[fit] does not know the argument 'epoch'. Did you mean 'epochs'?"),
    ('fit_nb_epoch', lambda: comp().fit(X, Y, nb_epoch=3, verbose=0), TypeError, "[fit] does not know the argument 'nb_epoch'. Did you mean 'epochs'?"),
    ('fit_wrong_features', lambda: comp().fit(np.ones((8, 5)), Y, verbose=0), ValueError, '[Dense "dense"] expected inputs of shape (batch, 4), got (8, 5). The layer was built for 4 features per sample, these have 5'),
    ('fit_one_sample_without_batch', lambda: comp().predict(np.ones(4), verbose=0), ValueError, '[Dense "dense"] expected inputs of shape (batch, 4), got (4,). This looks like one sample: add a batch axis, x[None]'),
    ('fit_strings', lambda: comp().fit(np.array([['a', 'b', 'c', 'd']] * 8), Y, verbose=0), TypeError, "[fit] x must hold numbers, got strings (dtype <U1, the first is 'a'): encode them as numbers first"),
    ('fit_none_in_data', lambda: comp().fit(np.array([[1, None, 2, 3]] * 8, dtype=object), Y, verbose=0), TypeError, "[fit] x must hold numbers, got objects (dtype object, the first is 1): convert it with x.astype('float32'), or encode what is not a number"),
    ('fit_y_shape', lambda: comp().fit(X, np.ones((8, 3)), verbose=0), ValueError, '[mean_squared_error] targets must have the shape of the outputs (y: (8, 3), outputs: (batch, 1)). The last layer has 1 outputs, the targets have 3'),
    ('fit_y_strings', lambda: seq(layers.Dense(3, activation='softmax'), optimizer='sgd', loss='sparse_categorical_crossentropy').fit(X, np.array(['a'] * 8), verbose=0), TypeError, "[fit] y must hold numbers, got strings (dtype <U1, the first is 'a'): encode them as numbers first"),
    ('fit_sw_length', lambda: comp().fit(X, Y, sample_weight=np.ones(3), verbose=0), ValueError, '[fit] the arrays must have the same number of samples (x: 8, y: 8, sample_weight: 3)'),
    ('fit_sw_shape', lambda: comp().fit(X, Y, sample_weight=np.ones((8, 7)), verbose=0), ValueError, '[fit] sample_weight must have one weight per sample, got shape (8, 7)'),
    ('fit_class_weight_2d', lambda: seq(layers.Dense(3), layers.Dense(3), optimizer='sgd', loss='mse').fit(X, np.ones((8, 2, 3)), class_weight={0: 1.0, 1: 2.0}, verbose=0), ValueError, '[fit] class_weight needs one label per sample, y has shape (8, 2, 3)'),
    ('fit_class_weight_and_multi', fit_class_weight_and_multi, ValueError, '[fit] class_weight is for models with one output: give each a sample_weight'),
    ('fit_class_weight_list', lambda: comp().fit(X, Y, class_weight=[1.0, 2.0], verbose=0), TypeError, '[fit] class_weight must be a dictionary, got list'),
    ('fit_validation_data_wrong', lambda: comp().fit(X, Y, validation_data=X, verbose=0), TypeError, '[fit] validation_data must be (x, y) or (x, y, sample_weight), got ndarray'),
    ('fit_validation_data_four', lambda: comp().fit(X, Y, validation_data=(X, Y, Y, Y), verbose=0), TypeError, '[fit] validation_data must be (x, y) or (x, y, sample_weight), got tuple'),
    ('fit_callbacks_string', lambda: comp().fit(X, Y, callbacks=['early'], verbose=0), TypeError, '[callbacks] every callback must be a mark1.callbacks.Callback, got str'),
    ('fit_callbacks_class', lambda: comp().fit(X, Y, callbacks=[keras.callbacks.EarlyStopping], verbose=0), TypeError, '[callbacks] every callback must be a mark1.callbacks.Callback, got type. Put () behind its name'),
    ('fit_generator_with_y', lambda: comp().fit(((X, Y) for _ in range(2)), Y, verbose=0), ValueError, '[fit] y cannot be given with x as a stream. Its batches are x, (x, y) or (x, y, sample_weight)'),
    ('fit_generator_four', lambda: comp().fit(((X, Y, Y, Y) for _ in range(2)), verbose=0), ValueError, '[fit] batch 1 must be x, (x, y) or (x, y, sample_weight), got a tuple of 4'),
    ('fit_dataset_val_split', lambda: comp().fit(((X, Y) for _ in range(2)), validation_split=0.1, verbose=0), ValueError, '[fit] validation_split cannot be given with x as a stream. Its batches are x, (x, y) or (x, y, sample_weight)'),
    ('evaluate_no_y', lambda: comp().evaluate(X, verbose=0), ValueError, '[evaluate] needs targets: evaluate(x, y)'),
    ('predict_empty_list', lambda: comp().predict([], verbose=0), ValueError, '[predict] x is empty (shape (0,))'),
    ('predict_with_y', lambda: comp().predict(X, Y, verbose=0), TypeError, '[predict] batch_size must be an integer, got an array of shape (8, 1)'),
    ('multi_input_count', multi_input_count, ValueError, '[fit] x must be a list or dictionary of 2 arrays: input_layer, input_layer'),
    ('multi_input_names', multi_input_names, ValueError, '[fit] x must hold a, b, it holds a, c'),
    ('multi_output_targets', multi_output_targets, ValueError, '[fit] y must be a list or dictionary of 2 arrays: dense, dense'),
    ('cce_int_labels', lambda: seq(layers.Dense(3, activation='softmax'), optimizer='sgd', loss='categorical_crossentropy').fit(X, np.arange(8) % 3, verbose=0), ValueError, '[categorical_crossentropy] targets must have the shape of the outputs (y: (8,), outputs: (batch, 3)). For class numbers use'),
    ('cce_one_unit', lambda: seq(layers.Dense(1, activation='softmax'), optimizer='sgd', loss='categorical_crossentropy').fit(X, Y, verbose=0), ValueError, "[categorical_crossentropy] needs one output per class, the model's outputs are (batch, 1): the loss would be 0 for ever. For two classes and one"),
    ('scce_onehot', lambda: seq(layers.Dense(3, activation='softmax'), optimizer='sgd', loss='sparse_categorical_crossentropy').fit(X, np.eye(3)[np.arange(8) % 3], verbose=0), ValueError, '[sparse_categorical_crossentropy] one label per row of outputs is needed (y: (8, 3), outputs: (batch, 3)). One-hot rows go with'),
    ('scce_label_out_of_range', lambda: seq(layers.Dense(3, activation='softmax'), optimizer='sgd', loss='sparse_categorical_crossentropy').fit(X, np.arange(8), verbose=0), ValueError, '[sparse_categorical_crossentropy] the model has 3 outputs, so labels must be 0 to 2, y holds 3 at position 3'),
    ('scce_negative', lambda: seq(layers.Dense(3, activation='softmax'), optimizer='sgd', loss='sparse_categorical_crossentropy').fit(X, -np.ones(8, int), verbose=0), ValueError, '[sparse_categorical_crossentropy] the model has 3 outputs, so labels must be 0 to 2, y holds -1 at position 0'),
    ('bce_wrong_shape', lambda: seq(layers.Dense(3, activation='sigmoid'), optimizer='sgd', loss='binary_crossentropy').fit(X, np.ones(8), verbose=0), ValueError, '[binary_crossentropy] targets must have the shape of the outputs (y: (8,), outputs: (batch, 3)). For class numbers use'),
    ('bce_labels_2', lambda: seq(layers.Dense(1, activation='sigmoid'), optimizer='sgd', loss='binary_crossentropy').fit(X, 2 * Y, verbose=0), ValueError, '[binary_crossentropy] targets must be from 0 to 1, y holds 2.0 at position (0, 0)'),
    ('loss_bad_reduction', lambda: keras.losses.MeanSquaredError(reduction='avg'), ValueError, "[MeanSquaredError] reduction must be one of ('sum_over_batch_size', 'mean', 'mean_with_sample_weight', 'sum', 'none', None), got 'avg'"),
    ('loss_unknown_arg', lambda: keras.losses.MeanSquaredError(from_logit=True), TypeError, "[MeanSquaredError] unknown arguments ['from_logit']"),
    ('loss_shapes', lambda: keras.losses.CategoricalCrossentropy()(np.ones((2, 3)), np.ones((2, 4))), ValueError, '[categorical_crossentropy] targets and outputs must have the same shape (y_true: (2, 3), y_pred: (2, 4))'),
    ('loss_mse_shapes', lambda: keras.losses.MeanSquaredError()(np.ones((2, 3)), np.ones((2, 4))), ValueError, '[mean_squared_error] targets and outputs must have the same shape (y_true: (2, 3), y_pred: (2, 4))'),
    ('loss_get_unknown', lambda: keras.losses.get('mean_square_error'), ValueError, "[loss] unknown loss 'mean_square_error'. Did you mean 'mean_squared_error'? Known: 'bce', 'binary_crossentropy', 'binary_focal_crossentropy',"),
    ('loss_focal_alpha', lambda: keras.losses.CategoricalFocalCrossentropy()(np.ones((2, 3)), np.ones((2, 4))), ValueError, '[categorical_focal_crossentropy] targets and outputs must have the same shape (y_true: (2, 3), y_pred: (2, 4))'),
    ('loss_dice_axis', lambda: keras.losses.Dice(axis=5)(np.ones((2, 3)), np.ones((2, 3))), ValueError, '[sum] axis 5 is out of range for 2 dimensions'),
    ('metric_iou_targets', lambda: keras.metrics.IoU(num_classes=2, target_class_ids=[5]), ValueError, '[io_u] target_class_ids must be from 0 to 1, got [5]'),
    ('metric_fbeta', lambda: keras.metrics.FBetaScore(beta=-1.0), ValueError, '[fbeta_score] beta must be a positive number, got -1.0'),
    ('metric_fbeta_avg', lambda: keras.metrics.FBetaScore(average='x'), ValueError, "[fbeta_score] average must be one of (None, 'micro', 'macro', 'weighted'), got 'x'"),
    ('metric_threshold', lambda: keras.metrics.Precision(thresholds=2.0), ValueError, '[precision] thresholds must be from 0 to 1, got 2.0'),
    ('metric_topk_and_class', lambda: keras.metrics.Precision(top_k=0), ValueError, '[precision] k must be a positive integer, got 0'),
    ('metric_auc_curve', lambda: keras.metrics.AUC(curve='x'), ValueError, "[auc] curve must be one of ('ROC', 'PR', 'PRGAIN'), got 'x'"),
    ('metric_auc_thresholds', lambda: keras.metrics.AUC(num_thresholds=1), ValueError, '[auc] num_thresholds must be at least 2, got 1'),
    ('metric_get_unknown', lambda: keras.metrics.get('acuracy'), ValueError, "[metric] unknown metric 'acuracy'. Did you mean 'accuracy'?"),
    ('metric_result_shape', lambda: keras.metrics.R2Score(class_aggregation='x'), ValueError, "[r2_score] class_aggregation must be one of (None, 'uniform_average', 'variance_weighted_average'), got 'x'"),
    ('metric_r2_adj', lambda: keras.metrics.R2Score(num_regressors=-1), ValueError, '[r2_score] num_regressors must not be negative, got -1'),
    ('metric_call_shapes', lambda: keras.metrics.MeanAbsoluteError()(np.ones((2, 3)), np.ones((4, 5))), ValueError, '[mean_absolute_error] targets and outputs must have the same shape (y_true: (2, 3), y_pred: (4, 5))'),
]
# fmt: on
