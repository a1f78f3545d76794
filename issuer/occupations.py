# SPDX-License-Identifier: Apache-2.0
"""What a cell of the occupation column names, by the catalogues.

    砌筑工           the occupation of that name
    瓦工             砌筑工, by an alias
    抹灰工           装饰装修工 with the trade 抹灰工: a narrower trade, no synonym
    lyg2020:39      by its code
    泥塑工           ambiguous: lyg2020:82, lyg2020:98 …: write the code

A name that means several occupations is refused with all of them, one that means none with those that
look alike. Cells repeat, so what was found is kept.
"""

from collections.abc import Sequence
