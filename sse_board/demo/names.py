"""Who plays: invented people, in pairs of rivals. Order matters: the first pairs are the devoted ones."""

PAIRS = (
    ("Amara Okafor", "Lukas Brandt"),
    ("Mei-Lin Zhao", "Diego Salazar"),
    ("Priya Raman", "Noah Whitfield"),
    ("Søren Dalgaard", "Leila Haddad"),
    ("Kwame Boateng", "Zofia Wiśniewska"),
    ("Hana Takeda", "Mateo Fuentes"),
    ("Ines Carvalho", "Tariq Mansoor"),
    ("Юлия Орлова", "Owen Llewellyn"),
    ("Chidi Eze", "Elif Kaya"),
    ("Nora Lindqvist", "Rafael Montes"),
    ("Ananya Iyer", "Pavel Dvorský"),
    ("Jun-ho Baek", "Camille Roux"),
    ("Sipho Dlamini", "Greta Hofmann"),
    ("Aroha Parata", "Dmitri Volkov"),
    ("Fatima Benali", "Jack Sutherland"),
    ("Linh Tran", "Marco Bellini"),
    ("Νίκος Παππάς", "Tallulah Begay"),
    ("Yusuf Karaca", "Isla MacRae"),
    ("Kalani Akana", "Bruno Teixeira"),
    ("佐藤 葵", "Miriam Goldfarb"),
)
